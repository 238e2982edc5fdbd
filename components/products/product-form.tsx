'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import type { Product } from '@/server/domains/products/schemas';
import { money, toDecimal } from '@/server/foundation/money';
import { FileField, type UploadState } from './file-field';
import { useTellUnsaved } from './unsaved';

const LABELS = {
  title: 'Title',
  description: 'Description',
  tags: 'Tags',
  price: 'Price',
  floor: 'Lowest price',
  currency: 'Currency',
  file: 'File',
};

/** A product as it stands in the form, or where a new one begins. */
function shown(product: Product | null, currency: string) {
  const decimal = (amount: number) => toDecimal(money(amount, product?.currency ?? currency));
  return {
    title: product?.title ?? '',
    description: product?.description ?? '',
    tags: product?.tags.join(', ') ?? '',
    price: product ? decimal(product.price) : '',
    floor: product ? decimal(product.floor) : '',
    currency: product?.currency ?? currency,
    file: product?.file ?? null,
    version: product?.version ?? 0,
  };
}

/** Writes a new product, or changes one. Nothing typed is lost when saving fails. */
export function ProductForm({
  product,
  currency,
  canWrite,
}: {
  product: Product | null;
  currency: string;
  canWrite: boolean;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(trpc.products.create.mutationOptions());
  const update = useMutation(trpc.products.update.mutationOptions());
  const form = useAppForm({
    now: shown(product, currency),
    schema: () => import('./product-schema').then((m) => m.productSchema),
    send: async (input, { version }) =>
      product
        ? { was: 'changed' as const, now: await update.mutateAsync({ ...input, id: product.id, version }) }
        : { was: 'made' as const, now: await create.mutateAsync(input) },
    answered: ({ was, now }) => (was === 'changed' ? shown(now, currency) : {}),
    onSaved: ({ answer, all }) => {
      if (answer.was === 'made') {
        toast.success('Product added');
        router.push(`/products/${answer.now.id}`);
        return;
      }
      const { behind } = answer.now;
      const told = all ? 'Saved' : 'Saved. What you typed since is not saved yet.';
      if (behind.length > 0)
        toast(told, {
          description: `${behind.map((shop) => shop.connectionName).join(', ')} still ${behind.length === 1 ? 'shows' : 'show'} what was sent before. Under Shops stands what to do.`,
        });
      else toast.success(told);
      router.refresh();
    },
  });
  const { value } = form;
  const element = useRef<HTMLFormElement>(null);
  const { report } = form;
  const [upload, setUpload] = useState<UploadState | null>(null);
  // Saving was asked for while the file was being uploaded, and goes on when that has ended.
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting || upload === 'running') return;
    setWaiting(false);
    if (upload === 'saved') element.current?.requestSubmit();
    else report({ file: 'It was not uploaded, so nothing was saved.' });
  }, [waiting, upload, report]);
  const wrong = form.fields;
  const set = (name: Exclude<keyof typeof LABELS, 'file'>) => (event: { target: { value: string } }) =>
    form.set({ [name]: event.target.value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (upload === 'running') setWaiting(true);
    else void form.submit();
  };
  const archived = product?.archivedAt != null;
  useTellUnsaved(product?.id, upload === 'running' || form.dirty);
  // A new product is shown on a page of its own: what is typed from here on would be gone.
  const leaving = !product && (form.saving || create.isSuccess);
  return (
    <form ref={element} onSubmit={submit} noValidate className="grid max-w-2xl gap-5">
      <FormErrors message={form.message} fields={wrong} labels={LABELS} />
      <fieldset disabled={!canWrite || archived || leaving} className="grid min-w-0 gap-5">
        <Field label="Title" required error={wrong.title} aside={`${value.title.length}/140`}>
          <Input name="title" maxLength={140} value={value.title} onChange={set('title')} />
        </Field>
        <Field label="Description" required error={wrong.description} help="What the buyer gets.">
          <Textarea name="description" rows={6} value={value.description} onChange={set('description')} />
        </Field>
        <Field
          label="Tags"
          optional
          error={wrong.tags ?? Object.entries(wrong).find(([key]) => key.startsWith('tags.'))?.[1]}
          help="Separated by commas, at most 13, each with at most 20 characters."
        >
          <Input name="tags" value={value.tags} onChange={set('tags')} />
        </Field>
        <div className="grid gap-5 sm:grid-cols-3">
          <Field label="Price" required error={wrong.price}>
            <Input name="price" inputMode="decimal" value={value.price} onChange={set('price')} />
          </Field>
          <Field label="Lowest price" required error={wrong.floor} help="No rule goes below it.">
            <Input name="floor" inputMode="decimal" value={value.floor} onChange={set('floor')} />
          </Field>
          <Field label="Currency" required error={wrong.currency}>
            <Input name="currency" maxLength={3} value={value.currency} onChange={set('currency')} />
          </Field>
        </div>
        <FileField
          file={value.file}
          onChange={(file) => form.set({ file })}
          onUpload={setUpload}
          disabled={!canWrite || archived}
        />
      </fieldset>
      {canWrite && !archived ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" loading={form.saving || waiting}>
            {product ? 'Save product' : 'Add product'}
          </Button>
          <p role="status" className="text-muted-foreground text-sm empty:hidden">
            {waiting ? 'Waiting for the file. It is saved when that is uploaded.' : null}
          </p>
        </div>
      ) : null}
    </form>
  );
}
