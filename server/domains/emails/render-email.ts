import { createElement, type FunctionComponent } from 'react';
import { type Template, type TemplateProps, templates } from '@/emails';
import { cutText } from '@/server/foundation/storable';

export interface RenderedEmail {
  subject: string;
  html: string;
  /** The same as plain text. */
  body: string;
}

/** Renders a template. Takes a while and loads libraries: call it before the transaction that queues the e-mail. */
export async function renderEmail<T extends Template>(
  template: T,
  props: TemplateProps<T>,
): Promise<RenderedEmail> {
  // Each module is tied to its own props; TypeScript cannot follow that through the table.
  const [module, { render, toPlainText }] = await Promise.all([
    templates[template]() as Promise<unknown> as Promise<{
      default: FunctionComponent<TemplateProps<T>>;
      subject: (props: TemplateProps<T>) => string;
    }>,
    import('@react-email/render'),
  ]);
  const html = await render(createElement(module.default, props));
  return { subject: oneLine(module.subject(props)), html, body: toPlainText(html) };
}

/** A subject is a header: what people typed into it may not start another one. */
const oneLine = (text: string) => cutText(text.replace(/[\p{Cc}\s]+/gu, ' ').trim(), 200);
