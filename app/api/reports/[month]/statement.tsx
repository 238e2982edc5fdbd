import { Document, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
import { monthName } from '@/components/ui/month-name';
import { intlTag } from '@/i18n/locales';
import type { Translator } from '@/i18n/words';
import type { MonthReport } from '@/server/domains/ledger/schemas';
import { formatMoney } from '@/server/foundation/money';

const styles = StyleSheet.create({
  page: { padding: 48, fontSize: 10, fontFamily: 'Helvetica', color: '#1a1f24' },
  title: { fontSize: 18, fontFamily: 'Helvetica-Bold', marginBottom: 4 },
  sub: { color: '#5b6670', marginBottom: 20 },
  heading: { fontSize: 12, fontFamily: 'Helvetica-Bold', marginTop: 18, marginBottom: 6 },
  row: { flexDirection: 'row', borderBottomWidth: 0.5, borderBottomColor: '#d5dbe0', paddingVertical: 5 },
  head: { color: '#5b6670', fontSize: 8 },
  name: { flexGrow: 1, flexBasis: 0 },
  number: { width: 82, textAlign: 'right' },
  strong: { fontFamily: 'Helvetica-Bold' },
  foot: { position: 'absolute', bottom: 28, left: 48, right: 48, color: '#5b6670', fontSize: 8 },
});

/** Characters of the PDF's built-in fonts beyond Latin-1 (Windows-1252). */
const MORE = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const UNWRITABLE = new RegExp(`[^\\u0020-\\u007e\\u00a0-\\u00ff${MORE}]`, 'gu');
/** Replaces characters that the PDF's built-in fonts lack, which would otherwise be printed as wrong ones. */
const latin = (text: string): string => text.replaceAll('\u202f', '\u00a0').replace(UNWRITABLE, '?');

function Line({ cells, head, strong }: { cells: string[]; head?: boolean; strong?: boolean }) {
  return (
    <View style={styles.row} wrap={false}>
      {cells.map((cell, i) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: a line's cells have no other name
          key={i}
          style={[
            i === 0 ? styles.name : styles.number,
            head ? styles.head : {},
            strong ? styles.strong : {},
          ]}
        >
          {cell}
        </Text>
      ))}
    </View>
  );
}

/** Renders a month's statement as a PDF. Currencies are listed side by side and never added together. */
export async function renderStatement(
  report: MonthReport,
  made: Date,
  { locale, t, say }: Translator<'statement'>,
): Promise<Uint8Array> {
  const show = (amount: number, currency: string): string =>
    latin(formatMoney({ amount, currency }, intlTag(locale, 'money')));
  const heads = (...names: ('currency' | 'account' | 'gross' | 'refunds' | 'fees' | 'costs' | 'net')[]) =>
    names.map((name) => latin(t(`columns.${name}`)));
  const month = monthName(report.month, locale);
  return renderToBuffer(
    <Document
      title={t('title', { month: report.month })}
      author={latin(report.workspaceName)}
      creator="Tributary"
      language={locale}
    >
      <Page size="A4" style={styles.page}>
        <Text style={styles.title}>{latin(t('heading', { month }))}</Text>
        <Text style={styles.sub}>
          {latin(t('workspace', { workspace: report.workspaceName, zone: report.timeZone }))}
        </Text>
        {report.totals.length === 0 ? <Text>{latin(t('nothing'))}</Text> : null}
        {report.totals.length > 0 ? (
          <View>
            <Text style={styles.heading}>{latin(t('totals'))}</Text>
            <Line head cells={heads('currency', 'gross', 'refunds', 'fees', 'costs', 'net')} />
            {report.totals.map((total) => (
              <Line
                key={total.currency}
                strong
                cells={[
                  total.currency,
                  show(total.gross, total.currency),
                  show(-total.refunds, total.currency),
                  show(-total.fees, total.currency),
                  show(-total.costs, total.currency),
                  show(total.net, total.currency),
                ]}
              />
            ))}
          </View>
        ) : null}
        {report.streams.length > 0 ? (
          <View>
            <Text style={styles.heading}>{latin(t('byAccount'))}</Text>
            <Line head cells={heads('account', 'gross', 'refunds', 'fees', 'net')} />
            {report.streams.map((s) => (
              <Line
                key={`${s.connectionId}${s.currency}`}
                cells={[
                  latin(s.environment === 'sandbox' ? t('sandbox', { account: s.name }) : s.name),
                  show(s.gross, s.currency),
                  show(-s.refunds, s.currency),
                  show(-s.fees, s.currency),
                  show(s.net, s.currency),
                ]}
              />
            ))}
          </View>
        ) : null}
        {report.costs.length > 0 ? (
          <View>
            <Text style={styles.heading}>{latin(t('otherCosts'))}</Text>
            {report.costs.map((c) => (
              <Line
                key={`${c.account}${c.subject}${c.currency}`}
                cells={[
                  latin(c.subject ? t('cost', { account: say(c.name), subject: c.subject }) : say(c.name)),
                  show(-c.amount, c.currency),
                ]}
              />
            ))}
          </View>
        ) : null}
        <Text style={styles.foot} fixed>
          {latin(t('foot', { day: made.toISOString().slice(0, 10) }))}
        </Text>
      </Page>
    </Document>,
  );
}
