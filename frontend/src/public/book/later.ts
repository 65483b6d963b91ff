// What is needed once a time is held. A script of its own: who is still choosing does not wait for it.
export { BookingForm } from "./booking-form.svelte";
export { default as DoneStep } from "./DoneStep.svelte";
export { default as StoppedStep } from "./StoppedStep.svelte";
export { default as WhoStep } from "./WhoStep.svelte";
