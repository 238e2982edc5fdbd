import type { ReactNode } from 'react';
import { Card } from './card';
import { cn } from './cn';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from './table';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Figures: right-aligned, with digits of equal width. */
  numeric?: boolean;
  /** Hidden on a phone; the first column's cell then shows the value below its name. */
  wide?: boolean;
  className?: string;
}

/** A list as a table in a card, one row per item. Rendered on the server; the page does the sorting and paging. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
}: {
  /** Names the table's box for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
}) {
  return (
    <Card>
      <Table label={label}>
        <TableHeader>
          <TableRow>
            {columns.map((column) => (
              <TableHead
                key={column.head}
                numeric={column.numeric ?? false}
                className={cn(column.wide && 'max-sm:hidden')}
              >
                {column.head}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)}>
              {columns.map((column) => (
                <TableCell
                  key={column.head}
                  numeric={column.numeric ?? false}
                  className={cn(column.wide && 'max-sm:hidden', column.className)}
                >
                  {column.cell(row)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

/** Shown below a row's name on a phone, in place of the columns that are hidden there. */
export function PhoneLine({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span className={cn('block whitespace-normal text-muted-foreground text-xs sm:hidden', className)}>
      {children}
    </span>
  );
}
