// Small courtesies of the public pages: copy buttons, print, focus on the error summary, one press is one send.
'use strict';

(() => {
  document.querySelectorAll('[data-copy]').forEach((button) => {
    if (!navigator.clipboard) return; // only offered where it works
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.sayCopied;
      setTimeout(() => { button.textContent = words; }, 2500);
    });
  });

  document.querySelectorAll('[data-print]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });

  const summary = document.getElementById('error-summary');
  if (summary) summary.focus();

  // The server makes a double press harmless (one form key, one receipt); this only spares the wait.
  document.querySelectorAll('form[data-once]').forEach((form) => {
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = 'yes';
      window.addEventListener('pageshow', () => { delete form.dataset.sent; }, { once: true });
    });
  });
})();
