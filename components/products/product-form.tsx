'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAppForm } from '@/components/forms/use-app-form';
import { useGone } from '@/components/shell/use-gone';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { intlTag } from '@/i18n/locales';
import type { Product } from '@/server/domains/products/schemas';
import { money, toDecimal } from '@/server/foundation/money';
import { FileField, type UploadState } from './file-field';
import { useReportUnsaved } from './unsaved';

const FIELDS = ['title', 'description', 'tags', 'price', 'floor', 'currency', 'file'] as const;
type FieldName = (typeof FIELDS)[number];
/** Maximum length of a title, in characters. */
const TITLE = 140;

/** The form values of a product, or the initial values of a new one. */
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

/** Creates a product or edits one. Nothing typed is lost when saving fails. */
export function ProductForm({
  product,
  currency,
  canWrite,
}: {
  product: Product | null;
  currency: string;
  canWrite: boolean;
}) {
  const t = useTranslations('products.form');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const gone = useGone();
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
        toast.success(t('added'));
        if (!gone()) router.push(`/products/${answer.now.id}`);
        return;
      }
      const { behind } = answer.now;
      const message = all ? t('saved') : t('savedInPart');
      if (behind.length > 0)
        toast(message, {
          description: t('shopsBehind', {
            shops: new Intl.ListFormat(intlTag(locale)).format(behind.map((shop) => shop.connectionName)),
            count: behind.length,
          }),
        });
      else toast.success(message);
      router.refresh();
    },
  });
  const { value } = form;
  const element = useRef<HTMLFormElement>(null);
  const { report } = form;
  const [upload, setUpload] = useState<UploadState | null>(null);
  // The user saved during an upload; saving continues when the upload has ended.
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting || upload === 'running') return;
    setWaiting(false);
    if (upload === 'saved') element.current?.requestSubmit();
    else report({ file: t('notUploaded') });
  }, [waiting, upload, report, t]);
  const wrong = form.fields;
  const set = (name: Exclude<FieldName, 'file'>) => (event: { target: { value: string } }) =>
    form.set({ [name]: event.target.value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (upload === 'running') setWaiting(true);
    else void form.submit();
  };
  const archived = product?.archivedAt != null;
  useReportUnsaved(product?.id, upload === 'running' || form.dirty);
  // A new product is shown on a page of its own, so anything typed from here on would be lost.
  const leaving = !product && (form.saving || create.isSuccess);
  return (
    <form ref={element} onSubmit={submit} noValidate className="grid max-w-2xl gap-5">
      <FormErrors
        message={form.message}
        fields={wrong}
        labels={Object.fromEntries(FIELDS.map((name) => [name, t(`fields.${name}`)]))}
      />
      <fieldset disabled={!canWrite || archived || leaving} className="grid min-w-0 gap-5">
        <Field
          label={t('fields.title')}
          required
          error={wrong.title}
          aside={t('titleLength', { used: value.title.length, most: TITLE })}
        >
          <Input name="title" value={value.title} onChange={set('title')} />
        </Field>
        <Field
          label={t('fields.description')}
          required
          error={wrong.description}
          help={t('help.description')}
        >
          <Textarea name="description" rows={6} value={value.description} onChange={set('description')} />
        </Field>
        <Field
          label={t('fields.tags')}
          optional
          error={wrong.tags ?? Object.entries(wrong).find(([key]) => key.startsWith('tags.'))?.[1]}
          help={t('help.tags')}
        >
          <Input name="tags" value={value.tags} onChange={set('tags')} />
        </Field>
        <div className="grid gap-5 sm:grid-cols-3">
          <Field label={t('fields.price')} required error={wrong.price}>
            <Input name="price" inputMode="decimal" value={value.price} onChange={set('price')} />
          </Field>
          <Field label={t('fields.floor')} required error={wrong.floor} help={t('help.floor')}>
            <Input name="floor" inputMode="decimal" value={value.floor} onChange={set('floor')} />
          </Field>
          <Field label={t('fields.currency')} required error={wrong.currency}>
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
            {product ? t('save') : t('add')}
          </Button>
          <p role="status" className="text-muted-foreground text-sm empty:hidden">
            {waiting ? t('waitingForFile') : null}
          </p>
        </div>
      ) : null}
    </form>
  );
}
