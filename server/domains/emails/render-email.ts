import { createElement, type FunctionComponent } from 'react';
import { type Template, type TemplateProps, templates } from '@/emails';
import { type EmailWords, emailWordsIn } from '@/i18n/email-words';
import { truncateText } from '@/server/foundation/storable';

export interface RenderedEmail {
  subject: string;
  html: string;
  /** The same content as plain text. */
  body: string;
}

interface Module {
  default: FunctionComponent<object & { words: EmailWords }>;
  subject: (props: object, words: EmailWords) => string;
}

/** Each module is tied to its own props, but TypeScript cannot follow that through the table or a row. */
async function moduleOf(template: string): Promise<Module> {
  if (!Object.hasOwn(templates, template)) throw new Error(`There is no e-mail template "${template}"`);
  return templates[template as Template]() as Promise<unknown> as Promise<Module>;
}

/** Renders a template in a language. Slow and loads libraries, so it must not be called inside a transaction. */
export async function renderEmail<T extends Template>(
  template: T,
  props: TemplateProps<T>,
  locale: string,
): Promise<RenderedEmail> {
  const words = emailWordsIn(locale);
  const [module, { render, toPlainText }] = await Promise.all([
    moduleOf(template),
    import('@react-email/render'),
  ]);
  const html = await render(createElement(module.default, { ...props, words }));
  return { subject: oneLine(module.subject(props, words)), html, body: toPlainText(html) };
}

type Queued = { template: string; props: object; locale: string };
/** Renders a row of the queue. */
export const renderRow = ({ template, props, locale }: Queued): Promise<RenderedEmail> =>
  renderEmail(template as Template, props as TemplateProps<Template>, locale);

/** Returns the subject of a row of the queue. */
export async function subjectOfRow({ template, props, locale }: Queued): Promise<string> {
  return oneLine((await moduleOf(template)).subject(props, emailWordsIn(locale)));
}

/** A subject is a header, so user input in it must not start another one. */
const oneLine = (text: string) => truncateText(text.replace(/[\p{Cc}\s]+/gu, ' ').trim(), 200);
