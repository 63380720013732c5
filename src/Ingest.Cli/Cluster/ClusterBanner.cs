namespace Ingest.Cli;

/// <summary>What a person must know of a cluster that has just started: where everything is, and what to try.</summary>
internal static class ClusterBanner
{
    public static void Print(Action<string> say, ClusterSettings settings, ClusterFile file, IReadOnlyList<SupervisedSilo> silos)
    {
        var silosText = string.Join("\n           ", silos.Select(silo => $"{silo.Name}  {Base(silo)}  log {silo.Log.Path}"));
        var first = Base(silos[0]);
        var data = Path.GetRelativePath(Environment.CurrentDirectory, settings.Data);
        say($$$"""

            Silos      {{{silosText}}}
            Dashboard  {{{first}}}/dashboard  any user name, the admin key as password
            Admin key  {{{file.AdminKey}}}
            PostgreSQL {{{file.Postgres}}}
            Lake       {{{file.Lake}}}

            Post an event to any silo:
              curl {{{first}}}/v1/events/demo -H 'Authorization: Bearer demo-write-key' -d '{"name":"hello","schema":"iglu:com.example/signup/jsonschema/1-0-0","data":{"email":"ada@example.com","plan":"free"}}'
            Look at it:
              ./ingest status --data {{{data}}}
              ./ingest audit --data {{{data}}}
            Kill a silo and see that nothing is lost; it starts again by itself:
              kill -9 {{{silos[^1].ProcessId}}}
            Ctrl-C stops everything in good order; a second one at once.
            """);
    }

    private static string Base(SupervisedSilo silo) => silo.Url.GetLeftPart(UriPartial.Authority);
}
