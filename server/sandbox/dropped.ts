/** True for the error that says: the effect is done, now drop the connection. */
export function isDropped(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConnectionDropped';
}

/**
 * An answer that breaks off before its first byte of content, for servers that hide the socket from a handler. The caller's
 * HTTP client sees the connection end in the middle.
 */
export function brokenResponse(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.error(new Error('The sandbox dropped this connection on purpose'));
    },
  });
  return new Response(body, {
    status: 200,
    headers: { 'content-type': 'application/json', 'content-length': '512' },
  });
}
