'use client';

import { useMutation } from '@tanstack/react-query';
import { ImagePlus, Type } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { useUploadTexts } from '@/components/files/upload-texts';
import { mediaAddress } from '@/components/media/types';
import { uploadMedia } from '@/components/media/upload-media';
import { useUnsaved } from '@/components/products/unsaved';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/ui/dialog';
import { FormErrors } from '@/components/ui/form-errors';
import { Skeleton } from '@/components/ui/skeleton';
import { LISTING_PICTURE_LABELS, LISTING_PICTURES } from '@/server/domains/listings/picture-kinds';

interface Picture {
  fileId: string;
  from: 'card' | 'upload';
}

/** Lists a product on one shop, with a picture that the user chooses and sees first. */
export function ListButton({
  productId,
  connectionId,
  title,
  shop,
  disabled,
}: {
  productId: string;
  connectionId: string;
  title: string;
  shop: string;
  disabled: boolean;
}) {
  const t = useTranslations('listings.put');
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button disabled={disabled} className="max-w-full">
          <span className="truncate">{t('open', { shop })}</span>
        </Button>
      </DialogTrigger>
      {open ? (
        <DialogContent>
          <PictureStep
            productId={productId}
            connectionId={connectionId}
            title={title}
            shop={shop}
            onClose={() => setOpen(false)}
          />
        </DialogContent>
      ) : null}
    </Dialog>
  );
}

function PictureStep(props: {
  productId: string;
  connectionId: string;
  title: string;
  shop: string;
  onClose: () => void;
}) {
  const { productId, connectionId, title, shop, onClose } = props;
  const t = useTranslations('listings.put');
  const trpc = useTRPC();
  const router = useRouter();
  const picker = useRef<HTMLInputElement>(null);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);
  const [picture, setPicture] = useState<Picture | null>(null);
  /** The picture that the browser has actually displayed. */
  const [seen, setSeen] = useState<string | null>(null);
  const [sending, setSending] = useState<string | null>(null);
  const say = useUploadTexts();
  const [problem, setProblem] = useState<string | null>(null);
  const { message, report, clear } = useAppError({ toast: false });
  const begin = () => {
    clear();
    setProblem(null);
  };
  const draw = useMutation(
    trpc.listings.drawPicture.mutationOptions({
      onMutate: begin,
      onError: (error) => {
        report(error);
      },
      onSuccess: ({ fileId }) => setPicture({ fileId, from: 'card' }),
    }),
  );
  const list = useMutation(
    trpc.listings.create.mutationOptions({
      onMutate: begin,
      onError: (error) => {
        report(error);
      },
      onSuccess: () => {
        onClose();
        router.refresh();
      },
    }),
  );
  const upload = (file: File) => {
    begin();
    let ended = false;
    const cancel = uploadMedia(file, {
      onProgress: (progress) => setSending(say.progress(progress)),
      onEnd: (end) => {
        ended = true;
        stop.current = null;
        setSending(null);
        if (end.kind === 'failed') setProblem(say.problem(end.problem));
        if (end.kind !== 'saved') return;
        if (LISTING_PICTURES.includes(end.file.mime)) setPicture({ fileId: end.file.fileId, from: 'upload' });
        else setProblem(t('wrongKind', { shop, kinds: LISTING_PICTURE_LABELS }));
      },
    });
    if (!ended) stop.current = cancel;
  };
  const busy = draw.isPending || sending !== null || list.isPending;
  const unsaved = useUnsaved(productId);
  return (
    <>
      <DialogHeader>
        <DialogTitle>{t.rich('title', { shop: () => <bdi>{shop}</bdi> })}</DialogTitle>
        <DialogDescription>{t('description')}</DialogDescription>
      </DialogHeader>
      <FormErrors message={unsaved ? t('unsaved') : (problem ?? message)} />
      {draw.isPending || sending !== null ? (
        <div role="status" className="grid gap-2">
          <Skeleton className="aspect-square w-full max-w-80 justify-self-center rounded-lg!" />
          <p className="tabular text-center text-muted-foreground">{sending ?? t('drawing')}</p>
        </div>
      ) : picture ? (
        <figure className="grid justify-items-center gap-2">
          {/* biome-ignore lint/performance/noImgElement: a file of the workspace, shown as it will be sent. */}
          <img
            src={mediaAddress(picture.fileId)}
            alt={picture.from === 'card' ? t('cardAlt', { title }) : t('uploadedAlt')}
            className="max-h-80 max-w-full rounded-lg border border-border object-contain"
            onLoad={() => setSeen(picture.fileId)}
            onError={() => {
              setPicture(null);
              setProblem(t('notShown'));
            }}
          />
          <figcaption className="text-muted-foreground">
            {picture.from === 'card' ? t('card') : t('uploaded')}
          </figcaption>
        </figure>
      ) : null}
      <input
        ref={picker}
        type="file"
        accept={LISTING_PICTURES.join(',')}
        className="sr-only"
        tabIndex={-1}
        aria-label={t('picture')}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = '';
          if (chosen) upload(chosen);
        }}
      />
      <div className="grid gap-2 sm:grid-cols-2">
        <Button variant="outline" disabled={busy} onClick={() => picker.current?.click()}>
          <ImagePlus aria-hidden />
          {picture?.from === 'upload' ? t('uploadAnother') : t('upload')}
        </Button>
        <Button
          variant="outline"
          disabled={busy || picture?.from === 'card'}
          onClick={() => draw.mutate({ productId })}
        >
          <Type aria-hidden />
          {t('useCard')}
        </Button>
      </div>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button
          loading={list.isPending}
          disabled={busy || unsaved || picture === null || seen !== picture.fileId}
          onClick={() => picture && list.mutate({ productId, connectionId, pictureId: picture.fileId })}
        >
          {t('submit')}
        </Button>
      </DialogFooter>
    </>
  );
}
