import { start } from "$lib/start";

import StaffApp from "./StaffApp.svelte";

start(StaffApp);
