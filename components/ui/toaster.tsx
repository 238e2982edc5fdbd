'use client';

import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect } from 'react';
import { Toaster as Sonner, toast as sonner } from 'sonner';

/** The list of messages. `onReady` receives the function that shows a message, once the list can show it. */
export function Messages({ onReady }: { onReady: (show: typeof sonner) => void }) {
  const t = useTranslations('ui.messages');
  const { resolvedTheme } = useTheme();
  // Runs after the list's own effect, in which it starts listening.
  useEffect(() => onReady(sonner), [onReady]);
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      containerAriaLabel={t('label')}
      closeButton
      style={{ fontFamily: 'inherit' }}
      duration={6000}
      mobileOffset={{ bottom: 76 }}
      toastOptions={{
        unstyled: true,
        closeButtonAriaLabel: t('close'),
        classNames: {
          toast:
            'flex w-full items-start gap-3 rounded-lg border border-border bg-popover p-3 text-popover-foreground text-sm sm:w-[356px]',
          title: 'font-medium',
          description: 'text-muted-foreground',
          content: 'grid flex-1 gap-0.5',
          icon: 'mt-0.5',
          // The list adds these to the classes above automatically.
          error: 'border-destructive!',
          actionButton:
            'inline-flex h-7 shrink-0 items-center rounded-md bg-accent px-2.5 font-medium text-accent-foreground text-xs hover:bg-accent-hover',
          cancelButton:
            'inline-flex h-7 shrink-0 items-center rounded-md bg-muted px-2.5 font-medium text-xs',
          closeButton:
            'order-last flex size-6 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-muted hover:text-foreground [&_svg]:size-3.5',
        },
      }}
    />
  );
}
