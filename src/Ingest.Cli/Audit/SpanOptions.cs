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

    /// <summary>Reads what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="now">The present time.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    /// <returns>Null where anything is.</returns>
    public AuditSpan? Read(ParseResult parsed, Instant now, ICollection<string> mistakes) =>
        Read(parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_since), now, mistakes);

    /// <inheritdoc cref="Read(ParseResult, Instant, ICollection{string})"/>
    internal static AuditSpan? Read(string? fromText, string? toText, string? sinceText, Instant now, ICollection<string> mistakes)
    {
        var from = (now - new Limits().LedgerRetention).Hour.Next;
        var to = now.Hour;
        if (fromText is not null && sinceText is not null)
            mistakes.Add("--from and --since say the same: give one of them.");
        if (fromText is not null)
            from = HourText.ParseFirst("--from", fromText, mistakes) ?? from;
        if (toText is not null)
            to = HourText.ParseLast("--to", toText, mistakes) ?? to;
        if (sinceText is not null)
        {
            if (AuditSpan.TryParseLength(sinceText, out var length))
                from = (now - length).Hour;
            else
                mistakes.Add($"--since {sinceText}: write a time, such as 48h or 7d.");
        }

        if (mistakes.Count == 0 && from > to)
            mistakes.Add($"The first hour, {from}, is after the last, {to}.");
        return mistakes.Count == 0 ? new AuditSpan(from, to) : null;
    }
}
