import "../styles/page.css";

import { start } from "$lib/start";

import BookScreen from "./book/BookScreen.svelte";

start(BookScreen);
