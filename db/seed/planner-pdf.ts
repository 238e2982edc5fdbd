const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Returns the demo's product as a PDF: a weekly planner on one A4 page. */
export function plannerPdf(): Uint8Array {
  const drawing = [
    'BT /F1 26 Tf 56 770 Td (Weekly planner) Tj ET',
    'BT /F2 11 Tf 56 748 Td (Three things that matter, then everything else.) Tj ET',
    '0.6 w 0.2 0.37 0.4 RG',
    ...DAYS.flatMap((day, i) => {
      const top = 715 - i * 94;
      return [
        `56 ${top - 80} 483 84 re S`,
        `BT /F1 12 Tf 66 ${top - 14} Td (${day}) Tj ET`,
        ...[34, 54, 74].map((down) => `66 ${top - down} m 528 ${top - down} l S`),
      ];
    }),
  ].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = text.length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
