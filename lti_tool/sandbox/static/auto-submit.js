"use strict";
// The one form of this page goes on by itself; without script there is a button.
document.querySelector("form[data-auto-submit]").submit();
