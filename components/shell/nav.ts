import {
  Activity,
  BookOpenText,
  CalendarDays,
  ChartColumn,
  Clock4,
  House,
  LayoutList,
  Library,
  ListTodo,
  type LucideIcon,
  Package,
  PenLine,
  Plug,
  Receipt,
  Settings,
  Tags,
} from 'lucide-react';

export interface NavItem {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Further words that find it in the palette. */
  keywords?: string;
}
export interface NavGroup {
  /** Groups without a name stand alone. */
  label: string | null;
  items: readonly NavItem[];
}

/** Every page of the app, in the house's order. A test holds this and the folders together. */
export const NAV: readonly NavGroup[] = [
  {
    label: null,
    items: [
      { href: '/home', label: 'Home', icon: House, keywords: 'today overview dashboard' },
      { href: '/todo', label: 'To do', icon: ListTodo, keywords: 'approvals actions tasks' },
    ],
  },
  {
    label: 'Create',
    items: [
      { href: '/compose', label: 'Compose', icon: PenLine, keywords: 'write post draft generate' },
      { href: '/calendar', label: 'Calendar', icon: CalendarDays, keywords: 'schedule publications' },
      { href: '/library', label: 'Library', icon: Library, keywords: 'saved posts drafts' },
      {
        href: '/auto-posting',
        label: 'Auto-posting',
        icon: Clock4,
        keywords: 'queue slots repeat evergreen recycle times repost follow-up',
      },
    ],
  },
  {
    label: 'Sell',
    items: [
      { href: '/products', label: 'Products', icon: Package, keywords: 'files pdf digital' },
      { href: '/listings', label: 'Listings', icon: LayoutList, keywords: 'etsy marketplace' },
      { href: '/orders', label: 'Orders', icon: Receipt, keywords: 'sales customers' },
      { href: '/pricing-rules', label: 'Pricing', icon: Tags, keywords: 'price rules' },
    ],
  },
  {
    label: 'Money',
    items: [
      {
        href: '/ledger',
        label: 'Ledger',
        icon: BookOpenText,
        keywords: 'transactions fees payouts accounts',
      },
      { href: '/reports', label: 'Reports', icon: ChartColumn, keywords: 'month pdf income' },
    ],
  },
  {
    label: 'Automate',
    items: [{ href: '/runs', label: 'Runs', icon: Activity, keywords: 'jobs background work errors' }],
  },
  {
    label: null,
    items: [
      {
        href: '/connections',
        label: 'Connections',
        icon: Plug,
        keywords: 'accounts platforms x facebook etsy',
      },
      { href: '/settings', label: 'Settings', icon: Settings, keywords: 'workspace billing security plan' },
    ],
  },
];

/** The pages on a phone's bar; everything else is under More. */
export const BAR: readonly string[] = ['/home', '/todo', '/compose', '/ledger'];

export const ALL_ITEMS: readonly NavItem[] = NAV.flatMap((group) => group.items);

/** Whether `path` is this page or lies below it. */
export const isCurrent = (href: string, path: string): boolean =>
  path === href || path.startsWith(`${href}/`);
