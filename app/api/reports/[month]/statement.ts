import { monthName } from '@/components/ui/month-name';
import { intlTag } from '@/i18n/locales';
import type { Messages } from '@/i18n/message-types';
import type { Translator } from '@/i18n/words';
import type { MonthReport } from '@/server/domains/ledger/schemas';
import { localTimeOf } from '@/server/foundation/local-time';
import { formatMoney } from '@/server/foundation/money';
import { type Block, BODY, BOLD, type PdfContent, renderPdf } from '@/server/foundation/typesetting/pdf';

const TITLE = { ...BOLD, size: 18 };
const HEADING = { ...BOLD, size: 12 };
const SUB = { ...BODY, color: '#5b6670' };

/** Renders a month's statement as a PDF. */
export const renderStatement = (
  report: MonthReport,
  made: Date,
  words: Translator<'statement'>,
): Promise<Uint8Array> => renderPdf(statement(report, made, words));

/** Returns the contents of a month's statement. Currencies are listed side by side and never added together. */
export function statement(
  report: MonthReport,
  made: Date,
  { locale, t, say }: Translator<'statement'>,
): PdfContent {
  const show = (amount: number, currency: string): string =>
    formatMoney({ amount, currency }, intlTag(locale, 'money'));
  const heads = (...names: (keyof Messages['statement']['columns'])[]) =>
    names.map((name) => t(`columns.${name}`));
  const heading = (text: string): Block => ({ kind: 'text', text, style: HEADING, above: 18, below: 6 });
  const blocks: Block[] = [
    {
      kind: 'text',
      text: t('heading', { month: monthName(report.month, locale) }),
      style: TITLE,
      below: 4,
    },
    {
      kind: 'text',
      text: t('workspace', { workspace: report.workspaceName, zone: report.timeZone }),
      style: SUB,
      below: 20,
    },
  ];
  if (report.totals.length === 0) blocks.push({ kind: 'text', text: t('nothing'), style: BODY });
  else
    blocks.push(heading(t('totals')), {
      kind: 'table',
      head: heads('currency', 'gross', 'discounts', 'shipping', 'refunds', 'fees', 'costs', 'net'),
      bold: true,
      rows: report.totals.map((total) => [
        total.currency,
        show(total.gross, total.currency),
        show(-total.discounts, total.currency),
        show(total.shipping, total.currency),
        show(-total.refunds, total.currency),
        show(-total.fees, total.currency),
        show(-total.costs, total.currency),
        show(total.net, total.currency),
      ]),
    });
  const { summary } = report.notAttributed;
  if (summary) blocks.push({ kind: 'text', text: say(summary), style: BODY, above: 8 });
  if (report.streams.length > 0)
    blocks.push(heading(t('byAccount')), {
      kind: 'table',
      head: heads('account', 'gross', 'discounts', 'shipping', 'refunds', 'fees', 'net'),
      rows: report.streams.map((s) => [
        s.environment === 'sandbox' ? t('sandbox', { account: s.name }) : s.name,
        show(s.gross, s.currency),
        show(-s.discounts, s.currency),
        show(s.shipping, s.currency),
        show(-s.refunds, s.currency),
        show(-s.fees, s.currency),
        show(s.net, s.currency),
      ]),
    });
  if (report.costs.length > 0)
    blocks.push(heading(t('otherCosts')), {
      kind: 'table',
      rows: report.costs.map((c) => [
        c.subject ? t('cost', { account: say(c.name), subject: c.subject }) : say(c.name),
        show(-c.amount, c.currency),
      ]),
    });
  return {
    title: t('title', { month: report.month }),
    author: report.workspaceName,
    language: locale,
    made,
    blocks,
    foot: t('foot', { day: localTimeOf(made, report.timeZone).slice(0, 10) }),
  };
}
