import "../styles/page.css";

import { start } from "$lib/start";

import AccountScreen from "./account/AccountScreen.svelte";

start(AccountScreen);
