/* SPDX-License-Identifier: MIT */
/* The page's only script of ours: which language, and Swagger UI with settings that never leave this service. */
(function () {
  const wanted = new URLSearchParams(location.search).get('lang') || navigator.language.slice(0, 2);
  const language = wanted === 'vi' ? 'vi' : 'en';
  const contract = language === 'vi' ? 'openapi.vi.yaml' : 'openapi.yaml';
  document.documentElement.lang = language;
  document.querySelector(`nav a[hreflang=${language}]`).setAttribute('aria-current', 'true');
  const link = document.getElementById('contract');
  link.href = link.textContent = contract;
  window.ui = SwaggerUIBundle({
    url: contract,
    dom_id: '#viewer',
    deepLinking: true,
    displayRequestDuration: true,
    showCommonExtensions: true,
    filter: true,
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor: function (request) {
      // Refusals come back in the language of the page.
      request.headers['Accept-Language'] = request.headers['Accept-Language'] || language;
      return request;
    },
  });
})();
