// The one script for the clinic's own site: <groundwork-booking> and <groundwork-times>.
import { GroundworkBooking } from "./booking";
import { GroundworkTimes } from "./times";

// A page may name the script twice; an element can be defined once.
if (!customElements.get("groundwork-booking")) {
  customElements.define("groundwork-booking", GroundworkBooking);
  customElements.define("groundwork-times", GroundworkTimes);
}
