namespace Ingest.Hosting;

/// <summary>The first lines of a server: where to post, where events end up, and a line to paste.</summary>
public static class Banner
{
    public static void Print(TextWriter output, string url, IRuntime runtime, ServerPlan plan)
    {
        var (settings, sources) = (plan.Settings, plan.Configuration.Catalogue);
        // A listener on all addresses is reached at this one.
        var local = url.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal);
        output.WriteLine($"Listening  {url}");
        output.WriteLine($"           JSON      POST {local}/v1/events/SOURCE");
        output.WriteLine($"           Snowplow  POST {local}/com.snowplowanalytics.snowplow/tp2, GET {local}/i");
        output.WriteLine($"Lake       {runtime.Lake.Description}");
        if (runtime.Relays?.State is { } region)
        {
            output.WriteLine(region.Role == Engine.RegionRole.Receiver
                ? $"Region     {region.Name}, receiver: what it takes is relayed to {region.Settings.Primary}"
                : $"Region     {region.Name}, primary");
        }

        output.WriteLine($"Journal    {plan.Journal.Description}");
        output.WriteLine($"Sources    {string.Join(", ", sources.All.Where(source => !source.IsUnclaimed).Select(source => source.Name))} ({Path.GetFullPath(settings.Config)})");
        if (sources.TryGet("demo", out _))
        {
            output.WriteLine("Try it:");
            output.WriteLine(
                $$$"""  curl {{{local}}}/v1/events/demo -H 'Authorization: Bearer demo-write-key' -d '{"name":"hello","schema":"iglu:com.example/signup/jsonschema/1-0-0","data":{"email":"ada@example.com","plan":"free"}}'""");
            output.WriteLine($"  It is in the lake within {settings.SealAge.TotalSeconds:0.#} s; ./ingest status shows it on the way.");
        }
    }
}
