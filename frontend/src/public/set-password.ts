import "../styles/page.css";

import { start } from "$lib/start";

import SetPasswordScreen from "./set-password/SetPasswordScreen.svelte";

start(SetPasswordScreen);
