/** True for the error that says: the effect is done, now drop the connection. */
export function isDropped(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConnectionDropped';
}

/**
 * For servers that hide the socket from a handler, such as Next: an answer whose content breaks before its first byte. The server has
 * written nothing by then and destroys the connection, so that the caller sees a reset and no status.
 */
export function brokenResponse(): Response {
  const body = new ReadableStream({
    start(controller) {
      // By this name Next knows that the end is meant. Any other error it would report as a fault of the app.
      controller.error(new DOMException('The sandbox dropped this connection on purpose', 'AbortError'));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}
