import "../styles/page.css";
import "../styles/prose.css";

import { start } from "$lib/start";

import GuideScreen from "./guide/GuideScreen.svelte";

start(GuideScreen);
