import { useTranslations } from 'next-intl';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { asMessage, type FactKey, fact } from '@/server/foundation/facts';
import { InWords } from '@/tests/support/in-words';
import { localizeMessage } from './localize-message';

function said(message: string): string {
  const Said = () => localizeMessage(message, useTranslations('facts.validation'));
  return renderToStaticMarkup(
    <InWords>
      <Said />
    </InWords>,
  );
}

test('a schema’s message is shown with its values, and a form’s own message as it is', () => {
  expect(said(asMessage('validation.tooLong', { max: 1200 }))).toBe('Use at most 1,200 characters.');
  expect(said('Choose a time.')).toBe('Choose a time.');
});

test('a message that is unknown or has values that the browser cannot format is replaced by a generic one', () => {
  const rules = { list: [fact('validation.accounts.passwordRules.digit')] };
  expect(said(asMessage('validation.accounts.passwordNeeds', { rules }))).toBe('Check this field.');
  expect(said('{"fact":"validation.ofALaterVersion"}')).toBe('Check this field.');
});

test('a schema can only use messages that are available on every page', () => {
  const elsewhere: FactKey = 'posts.errors.newer';
  // @ts-expect-error: a message outside `validation`
  expect(asMessage(elsewhere)).toContain('posts.errors.newer');
});
