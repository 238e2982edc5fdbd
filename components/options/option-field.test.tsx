import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { OptionValue } from '@/server/foundation/option-values';
import { InWords } from '@/tests/support/in-words';
import { OptionInput } from './option-field';
import { OptionsShown } from './options-shown';
import type { FormField } from './values';

const said = (text: string) => ({ verbatim: text, text });
const common = { help: said('Helpful words'), required: false };
const drawn = (field: FormField, value?: OptionValue, error?: string) =>
  renderToStaticMarkup(
    <InWords>
      <OptionInput connectionId="con_1" field={field} value={value} error={error} onChange={() => {}} />
    </InWords>,
  );

test('a text has its label, help, error and a count of characters', () => {
  const html = drawn(
    { ...common, id: 'title', kind: 'text', label: said('Title'), default: '', maxLength: 5, counts: false },
    '🫖🫖',
    'Too long.',
  );
  expect(html).toMatch(/<label[^>]*for="option-con_1-title"/);
  expect(html).toMatch(/<input[^>]*aria-describedby="option-con_1-title-error option-con_1-title-help"/);
  expect(html).toContain('aria-invalid="true"');
  expect(html).toContain('2 of 5');
});

test('a choice offers nothing only if it may, and keeps what is no longer offered visible', () => {
  const field = {
    ...common,
    id: 'visibility',
    kind: 'choice' as const,
    label: said('Visibility'),
    default: 'public',
    choices: [{ value: 'public', label: said('Everybody') }],
  };
  expect(drawn(field, 'public')).toContain('No choice');
  expect(drawn({ ...field, required: true }, 'public')).not.toContain('<option value=""');
  expect(drawn({ ...field, required: true })).toContain('Choose…');
  expect(drawn(field, 'secret')).toMatch(/<option value="secret" selected="">secret \(no longer offered\)/);
});

test('a remote choice shows what is chosen without asking the platform', () => {
  const field = { ...common, id: 'board', kind: 'remote_choice' as const, label: said('Board') };
  expect(drawn(field)).toContain('Nothing chosen yet.');
  expect(drawn(field, { value: '7', label: 'Recipes' })).toContain('Chosen: <bdi>Recipes</bdi>');
  expect(drawn({ ...field, required: true }, { value: '7', label: 'Recipes' })).not.toContain('Remove');
});

test('options are shown as a list of names and values, as text', () => {
  const html = renderToStaticMarkup(
    <OptionsShown options={[{ id: 'title', label: said('Title'), value: said('<b>عنوان</b>') }]} />,
  );
  expect(html).toContain('<bdi>&lt;b&gt;عنوان&lt;/b&gt;</bdi>');
  expect(renderToStaticMarkup(<OptionsShown options={[]} />)).toBe('');
});
