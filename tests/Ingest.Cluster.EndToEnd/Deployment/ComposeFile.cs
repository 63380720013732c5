using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>One service of docker-compose.yml, with every variable at its default.</summary>
/// <param name="Image">The image.</param>
/// <param name="Command">Its words.</param>
/// <param name="Environment">Its variables.</param>
/// <param name="DependsOn">Services that are waited for, and for what; empty text for a start.</param>
/// <param name="Ports">Published ports, as written.</param>
/// <param name="StopGracePeriod">How long it may take to stop, as written.</param>
internal sealed record ComposeService(
    string Image,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyDictionary<string, string> DependsOn,
    IReadOnlyList<string> Ports,
    string? StopGracePeriod);

/// <summary>Reads docker-compose.yml as Compose does, as far as this repository's uses it.</summary>
internal static partial class ComposeFile
{
    public static string Path => System.IO.Path.Combine(Repository.Root, "docker-compose.yml");

    public static IReadOnlyDictionary<string, ComposeService> Read()
    {
        var text = Variable().Replace(File.ReadAllText(Path), match => match.Groups[1].Value);
        // Merges what "<<" names into the mapping that has it.
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        return Map(file["services"]).ToDictionary(service => service.Key, service => ReadService(Map(service.Value)), StringComparer.Ordinal);
    }

    private static ComposeService ReadService(IReadOnlyDictionary<string, object> service) => new(
        (string)service["image"],
        List(service.GetValueOrDefault("command")),
        Map(service.GetValueOrDefault("environment")).ToDictionary(variable => variable.Key, variable => (string)variable.Value, StringComparer.Ordinal),
        service.GetValueOrDefault("depends_on") is List<object> names
            ? names.ToDictionary(name => (string)name, _ => "", StringComparer.Ordinal)
            : Map(service.GetValueOrDefault("depends_on")).ToDictionary(
                other => other.Key, other => (string)Map(other.Value)["condition"], StringComparer.Ordinal),
        List(service.GetValueOrDefault("ports")),
        (string?)service.GetValueOrDefault("stop_grace_period"));

    private static IReadOnlyList<string> List(object? value) => value is List<object> items ? [.. items.Cast<string>()] : [];

    private static Dictionary<string, object> Map(object? value) => value is Dictionary<object, object> map
        ? map.ToDictionary(entry => (string)entry.Key, entry => entry.Value, StringComparer.Ordinal)
        : new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary><c>${NAME:-default}</c>.</summary>
    [GeneratedRegex(@"\$\{\w+:-([^}]*)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
