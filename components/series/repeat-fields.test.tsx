import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InWords } from '@/tests/support/in-words';
import { EMPTY_REPEAT } from './repeat-draft';
import { RepeatFields } from './repeat-fields';

test.each([
  [['facebook'], 0],
  [['x', 'facebook', 'x'], 1],
])('warns of platforms that refuse a repeated text: %j', (platforms, warnings) => {
  const page = renderToStaticMarkup(
    <InWords>
      <RepeatFields
        value={EMPTY_REPEAT}
        onChange={() => {}}
        fields={{}}
        zone="UTC"
        zoneLabel="UTC"
        platforms={platforms}
      />
    </InWords>,
  );
  expect(page.split('X does not allow the same text twice. For X,')).toHaveLength(warnings + 1);
});
