// The pages that the server draws whole: only the styles.
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/page.css";
import "../styles/prose.css";
import "./page/home.css";
import "./page/treatment.css";
