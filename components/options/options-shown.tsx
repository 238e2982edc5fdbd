/** An option as the server describes it. */
export interface ShownOptionText {
  readonly id: string;
  readonly label: { readonly text: string };
  readonly value: { readonly text: string };
}

/** The options with which a post is, or was, published on an account. Nothing if there are none. */
export function OptionsShown({ options }: { options: readonly ShownOptionText[] }) {
  if (options.length === 0) return null;
  return (
    <dl className="mt-2 grid gap-x-3 gap-y-1 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
      {options.map(({ id, label, value }) => (
        <div key={id} className="contents">
          <dt className="wrap-anywhere text-muted-foreground">{label.text}</dt>
          <dd dir="auto" className="wrap-anywhere min-w-0">
            {value.text}
          </dd>
        </div>
      ))}
    </dl>
  );
}
