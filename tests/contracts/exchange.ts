/** A request and its response, as sent over the wire. */
export interface Exchange {
  platform: string;
  /** The connector's name of the operation, or `signIn.…`. Undefined where nothing names it. */
  operation?: string | undefined;
  method: string;
  /** The vendor's own host; empty if the request went to an address that the manifest does not name. */
  host: string;
  /** The vendor's own path, without the sandbox's prefix. */
  path: string;
  query: URLSearchParams;
  /** By names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | undefined;
  status: number;
  answerType: string;
  answerHeaders: Readonly<Record<string, string>>;
  answer: string;
}

/** A webhook as the sandbox sent it. */
export interface Delivery {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Returns the type of a body without parameters, in lower case. */
export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

export const isJsonType = (type: string): boolean => /^application\/(?:[\w.-]+\+)?json$/.test(type);

/** Returns the fields of a form as sent; files stay blobs. */
export async function formFields(exchange: Exchange): Promise<[string, FormDataEntryValue][]> {
  if (mediaType(exchange.headers['content-type']) !== 'multipart/form-data')
    return [...new URLSearchParams(String(exchange.body ?? '')).entries()];
  const encoded = new Response(exchange.body as BodyInit, {
    headers: { 'content-type': exchange.headers['content-type'] ?? '' },
  });
  return [...(await encoded.formData()).entries()];
}
