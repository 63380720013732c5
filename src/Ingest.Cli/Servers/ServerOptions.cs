using System.CommandLine;
using System.Text.Json;

namespace Ingest.Cli;

/// <summary>A server that may be asked.</summary>
/// <param name="Url">Where it listens.</param>
/// <param name="Key">Its admin key.</param>
/// <param name="IsGiven">True where a person gave both; a folder may name another key once its server is restarted.</param>
internal sealed record ServerAddress(Uri Url, string Key, bool IsGiven = false);

/// <summary>Options by which a command finds running servers: an address and a key, or the data folder.</summary>
internal sealed class ServerOptions
{
    private const string UrlVariable = "INGEST_URL";
    private const string KeyVariable = "INGEST_ADMIN_KEY";

    private readonly Option<string?> _url = new("--url")
    {
        HelpName = "URL",
        Description = $"A server elsewhere, any silo of its cluster; {UrlVariable} says the same.",
    };

    private readonly Option<string?> _key = new("--key")
    {
        HelpName = "KEY",
        Description = $"Its admin key; {KeyVariable} says the same and hides it.",
    };

    public Option<string> Data { get; } = new("--data")
    {
        HelpName = "DIR",
        Description = "The server's data folder, or the cluster's.",
        DefaultValueFactory = _ => "./data",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Data);
        command.Options.Add(_url);
        command.Options.Add(_key);
    }

    /// <summary>Reads what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    public ServerChoice Read(ParseResult parsed, ICollection<string> mistakes)
    {
        var data = parsed.GetValue(Data)!;
        // A folder named on the command line counts more than a variable.
        var isDataGiven = parsed.GetResult(Data) is { Implicit: false };
        var url = parsed.GetValue(_url) ?? (isDataGiven ? null : Variable(UrlVariable));
        if (url is null)
            return new ServerChoice(data, isDataGiven, null, ReadFolders(data, mistakes));

        var key = parsed.GetValue(_key) ?? Variable(KeyVariable);
        if (key is null)
            mistakes.Add($"{url} wants its admin key: --key KEY, or {KeyVariable}.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            mistakes.Add($"--url {url}: write it as http://HOST:PORT or https://HOST.");
        return new ServerChoice(data, isDataGiven, key is not null && address is not null ? new ServerAddress(address, key, IsGiven: true) : null, []);
    }

    /// <summary>The data folders that exist; where they cannot be read, that is a mistake.</summary>
    public static IReadOnlyList<DataFolder> ReadFolders(string data, ICollection<string> mistakes)
    {
        try
        {
            return DataFolder.Read(data);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            mistakes.Add($"{data}: {exception.Message}");
            return [];
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>Where a command looks for servers.</summary>
/// <param name="Data">The data folder as given.</param>
/// <param name="IsDataGiven">Whether it was given.</param>
/// <param name="Server">The one server named; null where the folders say which there may be.</param>
/// <param name="Folders">The data folders that exist.</param>
internal sealed record ServerChoice(
    string Data, bool IsDataGiven, ServerAddress? Server, IReadOnlyList<DataFolder> Folders)
{
    /// <summary>Servers to ask, one after the other until one answers.</summary>
    public IEnumerable<ServerAddress> Servers => Server is { } named
        ? [named]
        : Folders.SelectMany(folder => folder.Nodes).Select(node => new ServerAddress(new Uri(node.Url), node.AdminKey));
}
