CREATE TABLE "tributary"."oauth_clients" (
	"platform" text NOT NULL,
	"environment" text NOT NULL,
	"server" text NOT NULL,
	"client_id" text NOT NULL,
	"client_secret" text NOT NULL,
	"redirect_uri" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "oauth_clients_platform_environment_server_pk" PRIMARY KEY("platform","environment","server")
);
--> statement-breakpoint
ALTER TABLE "tributary"."connections" DROP CONSTRAINT "connections_remote";--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ADD COLUMN "server" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."connections" ADD COLUMN "server" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."oauth_states" ADD COLUMN "server" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."connections" ADD CONSTRAINT "connections_remote" UNIQUE("workspace_id","platform","environment","server","remote_id");