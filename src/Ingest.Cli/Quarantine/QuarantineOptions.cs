using System.CommandLine;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>The options that the commands of the quarantine share: which lake, which events of it, and which servers.</summary>
/// <param name="asksServers">True where the command needs a running server.</param>
internal sealed class QuarantineOptions(bool asksServers)
{
    private readonly ServerOptions _servers = new();
    private readonly LakeOptions _lake = new();
    private readonly Option<string?> _source = new("--source") { HelpName = "NAME", Description = "Events of this source alone." };

    private readonly Option<string?> _from = new("--from")
    {
        HelpName = "DAY|HOUR",
        Description = "First day or hour of the lake, UTC: 2026-11-21, 2026-11-21T20.",
    };

    private readonly Option<string?> _to = new("--to") { HelpName = "DAY|HOUR", Description = "Last day or hour, included." };

    private readonly Option<string[]> _reasons = new("--reason")
    {
        HelpName = "RULE",
        Description = "Events with this rule, or one that begins so: unknown_schema, iglu:com.acme/order. May be repeated.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_source, _from, _to, _reasons])
            command.Options.Add(option);
        if (asksServers)
            _servers.AddTo(command);
        else
            command.Options.Add(_servers.Data);
        _lake.AddTo(command);
    }

    /// <summary>Reads what was given; says on standard error what is wrong with it, and is null then.</summary>
    public Choice? Read(ParseResult parsed)
    {
        var mistakes = new List<string>();
        var lake = _lake.Find(parsed, Folders(parsed, mistakes), mistakes);
        var source = parsed.GetValue(_source);
        if (source is not null && !SourceName.IsValid(source))
            mistakes.Add($"--source {source}: no source can have this name.");
        var span = HourSpan.Parse(parsed.GetValue(_from), parsed.GetValue(_to), HourSpan.All, mistakes);
        foreach (var mistake in mistakes)
            Console.Error.WriteLine(mistake);
        return mistakes.Count == 0
            ? new Choice(new EventFilter(source, span, parsed.GetValue(_reasons) ?? []), lake!, () => _servers.Read(parsed, []).Servers)
            : null;
    }

    /// <summary>The folders that may know the lake. Those of this machine say nothing of a server elsewhere.</summary>
    private IReadOnlyList<DataFolder> Folders(ParseResult parsed, List<string> mistakes)
    {
        var data = parsed.GetValue(_servers.Data)!;
        if (!asksServers)
            return ServerOptions.ReadFolders(data, mistakes);
        var servers = _servers.Read(parsed, mistakes);
        return servers.Server is not null && servers.IsDataGiven ? ServerOptions.ReadFolders(data, mistakes) : servers.Folders;
    }

    /// <summary>What was given.</summary>
    /// <param name="Filter">Which events.</param>
    /// <param name="Lake">Where they are.</param>
    /// <param name="Servers">Servers to ask, as their folders have them now: a restarted one may have another key.</param>
    internal sealed record Choice(EventFilter Filter, LakeLocation Lake, Func<IEnumerable<ServerAddress>> Servers);
}
