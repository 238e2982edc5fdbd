'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { sameForm } from '@/components/forms/follow';
import { useSavedForm } from '@/components/forms/use-saved-form';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import type { Product } from '@/server/domains/products/schemas';
import { money, parseMoney, toDecimal } from '@/server/foundation/money';
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
  const form = useSavedForm(shown(product, currency));
  const { value } = form;
  const [own, setOwn] = useState<Record<string, string>>({});
  const options = { onMutate: form.begin, onError: form.fail };
  const create = useMutation(
    trpc.products.create.mutationOptions({
      ...options,
      onSuccess: (made) => {
        toast.success('Product added');
        router.push(`/products/${made.id}`);
      },
    }),
  );
  const update = useMutation(
    trpc.products.update.mutationOptions({
      ...options,
      onSuccess: (now) => {
        const all = form.done(shown(now, currency));
        const told = all ? 'Saved' : 'Saved. What you typed since is not saved yet.';
        if (now.behind.length > 0)
          toast(told, {
            description: `${now.behind.map((shop) => shop.connectionName).join(', ')} still ${now.behind.length === 1 ? 'shows' : 'show'} what was sent before. Under Shops stands what to do.`,
          });
        else toast.success(told);
        router.refresh();
      },
    }),
  );
  const element = useRef<HTMLFormElement>(null);
  const [upload, setUpload] = useState<UploadState | null>(null);
  // Saving was asked for while the file was being uploaded, and goes on when that has ended.
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting || upload === 'running') return;
    setWaiting(false);
    if (upload === 'saved') element.current?.requestSubmit();
    else setOwn({ file: 'It was not uploaded, so nothing was saved.' });
  }, [waiting, upload]);
  const wrong = { ...form.fields, ...own };
  const set = (name: Exclude<keyof typeof LABELS, 'file'>) => (event: { target: { value: string } }) =>
    form.set({ [name]: event.target.value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (upload === 'running') return setWaiting(true);
    const found: Record<string, string> = {};
    const read = (name: 'price' | 'floor'): number => {
      try {
        return parseMoney(value[name], value.currency.trim().toUpperCase()).amount;
      } catch (error) {
        found[name] = error instanceof RangeError ? error.message : 'Write an amount such as 12.34.';
        return 0;
      }
    };
    const input = {
      title: value.title,
      description: value.description,
      tags: value.tags
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
      price: read('price'),
      floor: read('floor'),
      currency: value.currency.trim().toUpperCase(),
      fileId: value.file?.id ?? null,
    };
    setOwn(found);
    if (Object.keys(found).length > 0) return form.clear();
    if (product) update.mutate({ ...input, id: product.id, version: form.seen.version });
    else create.mutate(input);
  };
  const archived = product?.archivedAt != null;
  useTellUnsaved(product?.id, upload === 'running' || !sameForm(value, form.seen));
  // A new product is shown on a page of its own: what is typed from here on would be gone.
  const leaving = create.isPending || create.isSuccess;
  return (
    <form ref={element} onSubmit={submit} noValidate className="grid max-w-2xl gap-5">
      <FormErrors
        message={Object.keys(own).length > 0 ? undefined : form.message}
        fields={wrong}
        labels={LABELS}
      />
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
          <Button type="submit" loading={create.isPending || update.isPending || waiting}>
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
