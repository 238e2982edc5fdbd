import type { ReactNode } from 'react';

/** A page of plain paragraphs under headings. */
export function Legal({
  title,
  intro,
  sections,
}: {
  title: string;
  intro: ReactNode;
  sections: readonly { title: string; text: readonly ReactNode[] }[];
}) {
  return (
    <article className="mx-auto max-w-2xl px-4 py-14 sm:px-6 sm:py-20">
      <h1 className="font-semibold text-3xl tracking-tight">{title}</h1>
      <p className="mt-4 text-lg text-muted-foreground">{intro}</p>
      {sections.map((section) => (
        <section key={section.title} className="mt-10">
          <h2 className="font-semibold text-lg">{section.title}</h2>
          {section.text.map((paragraph, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes its order
            <p key={i} className="mt-2 leading-7">
              {paragraph}
            </p>
          ))}
        </section>
      ))}
    </article>
  );
}
