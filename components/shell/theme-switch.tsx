import { useTranslations } from 'next-intl';
import { ThemeButtons } from './theme-buttons';

/** Three buttons for the theme. */
export function ThemeSwitch() {
  const t = useTranslations('shell.theme');
  return (
    <ThemeButtons words={{ label: t('label'), system: t('system'), light: t('light'), dark: t('dark') }} />
  );
}
