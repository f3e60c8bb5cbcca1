// Asks for the document with the token that was pasted in, and shows it; "Try it out" sends the same token.
"use strict";

const door = document.getElementById("door");
const refusal = document.getElementById("refusal");

async function show(token) {
  const authorization = `Bearer ${token}`;
  const answer = await fetch("/openapi.json", { headers: { Authorization: authorization } });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail);
  SwaggerUIBundle({
    spec: content,
    dom_id: "#api",
    deepLinking: true,
    docExpansion: "none",
    validatorUrl: null,
    requestInterceptor: (request) => {
      request.headers.Authorization = authorization;
      return request;
    },
  });
}

door.addEventListener("submit", async (event) => {
  event.preventDefault();
  refusal.textContent = "";
  try {
    await show(document.getElementById("token").value.trim());
  } catch (error) {
    refusal.textContent = error.message;
  }
});
