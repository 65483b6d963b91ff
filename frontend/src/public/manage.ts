import "../styles/page.css";

import { start } from "$lib/start";

import ManageScreen from "./manage/ManageScreen.svelte";

start(ManageScreen);
