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
    <dl className="mt-2 grid grid-cols-[fit-content(50%)_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
      {options.map(({ id, label, value }) => (
        <div key={id} className="contents">
          <dt className="wrap-anywhere text-muted-foreground">{label.text}</dt>
          <dd className="wrap-anywhere min-w-0">
            <bdi>{value.text}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
