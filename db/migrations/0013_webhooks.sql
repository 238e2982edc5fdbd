CREATE TABLE "tributary"."connection_webhooks" (
	"connection_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"state" text NOT NULL,
	"problem" jsonb,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary"."webhook_receivers" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"environment" text NOT NULL,
	"server" text DEFAULT '' NOT NULL,
	"subject" text NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_receivers_subject" UNIQUE("platform","environment","server","subject")
);
--> statement-breakpoint
ALTER TABLE "tributary"."webhook_events" ADD COLUMN "receiver" text;--> statement-breakpoint
ALTER TABLE "tributary"."webhook_events" ADD COLUMN "next_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tributary"."webhook_events" ADD COLUMN "lease_token" text;--> statement-breakpoint
ALTER TABLE "tributary"."webhook_events" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."connection_webhooks" ADD CONSTRAINT "connection_webhooks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."connection_webhooks" ADD CONSTRAINT "connection_webhooks_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connection_webhooks_due" ON "tributary"."connection_webhooks" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "webhook_events_waiting" ON "tributary"."webhook_events" USING btree ("receiver","next_at") WHERE next_at is not null;