using System.CommandLine;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>The command line of <c>ingest run</c>: options, their help, and what is wrong with what was given.</summary>
public static class RunCommand
{
    /// <summary>Environment variable for <c>--postgres</c>.</summary>
    public const string PostgresVariable = "INGEST_POSTGRES";

    /// <summary>Makes the command.</summary>
    /// <param name="runtimes">Names that <c>--runtime</c> takes beside <c>auto</c>, with what each is for.</param>
    /// <param name="more">Options of a runtime.</param>
    /// <param name="run">Runs the server; finds the runtime's own options in the parsed line.</param>
    public static Command Create(
        IReadOnlyDictionary<string, string> runtimes, IReadOnlyList<Option> more, Func<RunSettings, ParseResult, Task<int>> run)
    {
        var host = Text("--host", "ADDRESS", "Address to listen on; 0.0.0.0 for all of them.", "127.0.0.1");
        var port = new Option<int>("--port")
        {
            HelpName = "PORT",
            Description = "TCP port to listen on; 0 lets the system choose.",
            DefaultValueFactory = _ => 8080,
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var number) && number is < 0 or > 65_535)
                result.AddError($"--port {number}: a port is 0 to 65535.");
        });
        var data = Text("--data", "DIR", "Folder of the journal: the durable store of what is not in the lake yet. Keep it.", "./data");
        var lake = Text("--lake", "DIR|s3://BUCKET/PREFIX", "Where events end up; the folder lake in the data folder when absent.", null);
        var lakeOptions = LakeOption.All.ToDictionary(
            option => option.Name,
            option => new Option<string?>("--" + option.Name) { HelpName = option.Value, Description = option.Help },
            StringComparer.Ordinal);
        var sealAge = Quantity("--seal-age", "TIME", "An object is closed when its oldest event waited this long.", "60s", Quantities.Time, "a time such as 60s, 5m or 1h");
        var sealBytes = Quantity("--seal-bytes", "SIZE", "An object is closed when it has this many bytes, compressed.", "64MiB", Quantities.Bytes, "a size such as 64MiB");
        var sealBlocks = Count(
            "--seal-blocks",
            "An object is closed when so many commits wrote into it. Higher for larger objects where events come one by one; shipping one then takes more of the machine at a time.",
            new Limits().SealBlocks,
            Limits.SealBlocksMax);
        var ship = Count(
            "--ship-concurrency",
            "Objects put into the lake at once; each takes up to 16 MiB of memory. Lower on a thin line, higher with thousands of sources.",
            new Limits().ShipConcurrency,
            64);
        var postgres = Text(
            "--postgres",
            "CONNECTION",
            $"PostgreSQL that holds the journal, as in 'Host=db;Username=ingest;Database=ingest'; {PostgresVariable} says the same and hides the password. A folder in the data folder when absent.",
            null);
        var config = Text("--config", "DIR", "Folder of ingest.json, sources and schemas; ./config where it exists, else the one that comes with the product.", null);
        var drain = Quantity("--drain", "TIME", "How long to go on shipping after SIGTERM; the rest ships after the next start.", "20s", DrainTime, "a time such as 20s or 2m, at most 1h");
        var region = Text("--region", "NAME", "Name of this region, where there are several: each a server or cluster with a journal and a lake of its own.", null);
        var role = Text("--role", "primary|receiver", "primary: validates, and keeps what it takes in its lake. receiver: keeps what it takes as it came, and delivers it to the primary. primary when absent.", null);
        role.AcceptOnlyFromAmong(RegionSettings.PrimaryName, RegionSettings.ReceiverName);
        var primary = Text("--primary", "URL", "Of a receiver: where the primary's own region is, past any lever, as in https://us-east-1.ingest.example.com.", null);
        var relayKey = Text("--relay-key", "FILE", "Key that receivers and primary share: 32 bytes or more, in a file that is not open to all users.", null);
        var runtime = Text(
            "--runtime",
            string.Join('|', runtimes.Keys.Prepend("auto")),
            $"How partitions are hosted. {string.Join("; ", runtimes.Select(name => $"{name.Key}: {name.Value}"))}; auto: the best that is built.",
            "auto");
        runtime.AcceptOnlyFromAmong([.. runtimes.Keys, "auto"]);

        var command = new Command(
            "run",
            "Starts the ingest server: takes events over HTTP, keeps them durably, and ships them to the lake.\n" +
            "Credentials for S3 are found as every AWS tool finds them: AWS_ACCESS_KEY_ID, AWS_PROFILE, roles, …")
        {
            host, port, data, postgres, lake, sealAge, sealBytes, sealBlocks, ship, config, drain,
            region, role, primary, relayKey, runtime,
        };
        foreach (var option in lakeOptions.Values.Concat(more))
            command.Options.Add(option);
        command.SetAction(parsed => run(Read(parsed), parsed));
        return command;

        RunSettings Read(ParseResult parsed) => new()
        {
            Runtime = parsed.GetValue(runtime)!,
            Host = parsed.GetValue(host)!,
            Port = parsed.GetValue(port),
            Data = parsed.GetValue(data)!,
            Postgres = parsed.GetValue(postgres) ?? PostgresOfEnvironment(),
            Lake = parsed.GetValue(lake) ?? Path.Combine(parsed.GetValue(data)!, "lake"),
            LakeOptions = lakeOptions
                .Select(option => (option.Key, Value: parsed.GetValue(option.Value)))
                .Where(option => option.Value is not null)
                .ToDictionary(option => option.Key, option => option.Value!, StringComparer.Ordinal),
            Config = parsed.GetValue(config) ?? DefaultConfig(),
            Region = parsed.GetValue(region),
            Role = parsed.GetValue(role),
            Primary = parsed.GetValue(primary),
            RelayKey = parsed.GetValue(relayKey),
            SealAge = Quantities.Time(parsed.GetValue(sealAge)!)!.Value,
            SealBytes = Quantities.Bytes(parsed.GetValue(sealBytes)!)!.Value,
            SealBlocks = parsed.GetValue(sealBlocks),
            ShipConcurrency = parsed.GetValue(ship),
            Drain = Quantities.Time(parsed.GetValue(drain)!)!.Value,
        };
    }

    private static string? PostgresOfEnvironment() =>
        Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } given ? given : null;

    /// <summary>An hour at most: whoever sent the signal waits.</summary>
    private static TimeSpan? DrainTime(string text) => Quantities.Time(text, TimeSpan.FromHours(1));

    /// <summary>./config where it exists, else the one that comes with the product: the demo source works anywhere.</summary>
    private static string DefaultConfig() =>
        Directory.Exists("config") ? Path.GetFullPath("config") : Path.Combine(AppContext.BaseDirectory, "config");

    /// <summary>An option that takes text.</summary>
    public static Option<string?> Text(string name, string value, string description, string? defaultValue)
    {
        var option = new Option<string?>(name) { HelpName = value, Description = description };
        if (defaultValue is not null)
            option.DefaultValueFactory = _ => defaultValue;
        return option;
    }

    /// <summary>An option that takes a whole number from 1 on.</summary>
    private static Option<int> Count(string name, string description, int defaultValue, int max)
    {
        var option = new Option<int>(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && (number < 1 || number > max))
                result.AddError($"{name} {number}: write 1 to {max}.");
        });
        return option;
    }

    /// <summary>An option with a unit: stays text here, so that the help shows it as people write it.</summary>
    private static Option<string?> Quantity<T>(
        string name, string value, string description, string defaultValue, Func<string, T?> read, string wanted)
        where T : struct
    {
        var option = Text(name, value, description, defaultValue);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && read(token.Value) is null)
                result.AddError($"{name} {token.Value}: write {wanted}.");
        });
        return option;
    }
}
