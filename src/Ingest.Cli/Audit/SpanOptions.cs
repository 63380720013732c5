using System.CommandLine;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Options that say which hours to audit.</summary>
internal sealed class SpanOptions
{
    private readonly Option<string?> _from = new("--from")
    {
        HelpName = "HOUR",
        Description = "The first day or hour, such as 2026-11-21 or 2026-11-21T20Z; where absent, as far back as the journal keeps its records: 32 days.",
    };

    private readonly Option<string?> _to = new("--to") { HelpName = "HOUR", Description = "The last day or hour; where absent, the present one." };

    private readonly Option<string?> _since = new("--since") { HelpName = "TIME", Description = "In place of --from: so long ago, such as 48h or 7d." };

    public void AddTo(Command command)
    {
        command.Options.Add(_from);
        command.Options.Add(_to);
        command.Options.Add(_since);
    }

    /// <summary>True where the first hour was named; <c>--since</c> asks for what there is.</summary>
    public bool IsFromGiven(ParseResult parsed) => parsed.GetValue(_from) is not null;

    /// <summary>Reads what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="now">The present time.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    /// <returns>Null where anything is.</returns>
    public HourSpan? Read(ParseResult parsed, Instant now, ICollection<string> mistakes) =>
        Read(parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_since), now, mistakes);

    /// <inheritdoc cref="Read(ParseResult, Instant, ICollection{string})"/>
    internal static HourSpan? Read(string? fromText, string? toText, string? sinceText, Instant now, ICollection<string> mistakes)
    {
        var usual = new HourSpan((now - new Limits().LedgerRetention).Hour.Next, now.Hour);
        if (fromText is not null && sinceText is not null)
            mistakes.Add("--from and --since say the same: give one of them.");
        if (sinceText is not null && HourText.ParseLength("--since", sinceText, mistakes) is { } length)
            usual = usual with { From = (now - length).Hour };

        var span = mistakes.Count == 0 ? HourSpan.Parse(fromText, toText, usual, mistakes) : usual;
        return mistakes.Count == 0 ? span : null;
    }
}
