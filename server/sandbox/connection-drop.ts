/** Whether the error means that the effect is done and the connection must be dropped. */
export function isConnectionDrop(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConnectionDropped';
}

/**
 * Creates a response whose body fails before its first byte, for servers that hide the socket from a handler, such as Next. The server has
 * written nothing by then and destroys the connection, so that the client sees a reset and no status.
 */
export function abortedResponse(): Response {
  const body = new ReadableStream({
    start(controller) {
      // This name tells Next that the abort is intended. Next would report any other error as a fault of the app.
      controller.error(new DOMException('The sandbox dropped this connection on purpose', 'AbortError'));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}
