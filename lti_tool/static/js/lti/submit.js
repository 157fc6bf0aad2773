// Sends the page's form at once; without a script its button does.

document.querySelector("form[data-submit-now]").submit();
