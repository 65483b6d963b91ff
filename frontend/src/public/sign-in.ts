import "../styles/page.css";

import { start } from "$lib/start";

import SignInScreen from "./sign-in/SignInScreen.svelte";

start(SignInScreen);
