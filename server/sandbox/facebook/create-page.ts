import { randomInt } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import { truncateText } from '@/server/foundation/storable';
import { bodyFields, type Ctx, sameOrigin, str } from '../http';
import { html, page, problemPage } from '../pages';
import { accounts } from '../schema';
import type { World } from '../world';

const PATH = '/facebook/pages/create';
const platform = 'facebook';

/** Shows the form for creating a Page, so that a user without one can continue. */
export function createPageForm(world: World) {
  return async (_c: Ctx): Promise<Response> => {
    const people = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, platform), eq(accounts.kind, 'person')))
      .orderBy(asc(accounts.name));
    return page(
      world,
      { title: 'Create a Page', platform },
      html`<form method="post" action="${world.base}${PATH}">
<fieldset><legend>Whose Page is it?</legend>
${people.map(
  (p, i) =>
    html`<label class="choice"><input type="radio" name="person" value="${p.id}" ${i === 0 ? 'checked' : ''}><span><strong>${p.name}</strong></span></label>`,
)}
</fieldset>
<p><label>Name of the Page<br><input name="name" required maxlength="75"></label></p>
<div class="row"><button>Create the Page</button></div>
</form>`,
    );
  };
}

export function createPage(world: World) {
  return async (c: Ctx): Promise<Response> => {
    const no = (text: string, status = 400) =>
      problemPage(world, { title: 'The Page was not created', text, status, platform });
    if (!sameOrigin(c, world)) return no('This form came from elsewhere. Open the page again.', 403);
    const form = await bodyFields(c);
    const name = truncateText((str(form.name) ?? '').trim(), 75);
    const [person] = await world.db
      .select()
      .from(accounts)
      .where(
        and(
          eq(accounts.id, str(form.person) ?? ''),
          eq(accounts.platform, platform),
          eq(accounts.kind, 'person'),
        ),
      );
    if (!person || !name) return no('Give it a name, and say whose Page it is.');
    const id = String(randomInt(10 ** 14, 2 * 10 ** 14));
    await world.db.insert(accounts).values({
      id,
      platform,
      kind: 'page',
      parentId: person.id,
      handle: `page-${id}`,
      name,
      about: 'Page',
      createdAt: world.clock.now(),
    });
    return page(
      world,
      { title: 'The Page is there', platform },
      html`<p class="note">${person.name} manages ${name} now. Go back and connect it.</p>`,
    );
  };
}
