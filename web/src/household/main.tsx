/** Entry of the household's page. */
import "#web/styles/base.css";
