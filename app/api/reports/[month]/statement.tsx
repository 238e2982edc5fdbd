import { Document, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
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

// The PDF's own fonts know the Latin script; another letter would come out as a wrong one.
const plain = (text: string): string => text.replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, '?');
const show = (amount: number, currency: string): string => plain(formatMoney({ amount, currency }));

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

/** A month's statement as the bytes of a PDF. Currencies stand beside each other and are never added together. */
export async function renderStatement(report: MonthReport, made: Date): Promise<Uint8Array> {
  return renderToBuffer(
    <Document title={`Statement ${report.month}`} author={plain(report.workspaceName)} creator="Tributary">
      <Page size="A4" style={styles.page}>
        <Text style={styles.title}>Statement, {report.monthName}</Text>
        <Text style={styles.sub}>
          {plain(report.workspaceName)} · month in the time zone {report.timeZone}
        </Text>
        {report.totals.length === 0 ? <Text>No money moved in this month.</Text> : null}
        {report.totals.length > 0 ? (
          <View>
            <Text style={styles.heading}>Totals</Text>
            <Line head cells={['Currency', 'Gross', 'Refunds', 'Fees', 'Costs', 'Net']} />
            {report.totals.map((t) => (
              <Line
                key={t.currency}
                strong
                cells={[
                  t.currency,
                  show(t.gross, t.currency),
                  show(-t.refunds, t.currency),
                  show(-t.fees, t.currency),
                  show(-t.costs, t.currency),
                  show(t.net, t.currency),
                ]}
              />
            ))}
          </View>
        ) : null}
        {report.streams.length > 0 ? (
          <View>
            <Text style={styles.heading}>By account</Text>
            <Line head cells={['Account', 'Gross', 'Refunds', 'Fees', 'Net']} />
            {report.streams.map((s) => (
              <Line
                key={`${s.connectionId}${s.currency}`}
                cells={[
                  plain(`${s.name}${s.environment === 'sandbox' ? ' (sandbox)' : ''}`),
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
            <Text style={styles.heading}>Other costs</Text>
            {report.costs.map((c) => (
              <Line
                key={`${c.account}${c.subject}${c.currency}`}
                cells={[plain([c.name, c.subject].filter(Boolean).join(', ')), show(-c.amount, c.currency)]}
              />
            ))}
          </View>
        ) : null}
        <Text style={styles.foot} fixed>
          Made by Tributary on {made.toISOString().slice(0, 10)} from the double-entry ledger. Amounts of
          accounts marked sandbox are not real money.
        </Text>
      </Page>
    </Document>,
  );
}
