CREATE TABLE "tributary"."unattributed_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"reason" text NOT NULL,
	"platform_kind" text NOT NULL,
	"meaning" text,
	"amount" bigint,
	"currency" text,
	"occurred_at" timestamp with time zone NOT NULL,
	"reference" text,
	"raw" jsonb NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"attributed_as" text,
	"remote_order_id" text,
	"settled_by" text,
	"settled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "unattributed_entries_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "unattributed_entries_remote" UNIQUE("connection_id","remote_id")
);
--> statement-breakpoint
ALTER TABLE "tributary"."subscriptions" ADD COLUMN "payments_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "discount" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "shipping" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "tax" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "credited" text DEFAULT 'with_sale' NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "settled_currency" text;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "settled_gross" bigint;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "settled_discount" bigint;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "settled_shipping" bigint;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "settled_tax" bigint;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "refunded_tax" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD COLUMN "unsettled_in" text;--> statement-breakpoint
ALTER TABLE "tributary"."sync_cursors" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tributary"."sync_cursors" ADD COLUMN "problem" jsonb;--> statement-breakpoint
ALTER TABLE "tributary"."sync_cursors" ADD COLUMN "stuck_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_ledger" ADD COLUMN "currency" text DEFAULT 'USD' NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_ledger" ADD COLUMN "shown" jsonb;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "shipping_cents" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "gift_wrap_cents" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "discount_cents" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "tax_cents" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "vat_cents" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "settled_in" jsonb;--> statement-breakpoint
ALTER TABLE "tributary_sandbox"."etsy_receipts" ADD COLUMN "refunds" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."unattributed_entries" ADD CONSTRAINT "unattributed_entries_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."unattributed_entries" ADD CONSTRAINT "unattributed_entries_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "unattributed_entries_open" ON "tributary"."unattributed_entries" USING btree ("workspace_id","created_at") WHERE state = 'open';