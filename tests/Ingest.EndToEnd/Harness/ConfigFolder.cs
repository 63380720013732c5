namespace Ingest.EndToEnd;

/// <summary>A configuration folder of a test's own, made after that of the tests.</summary>
internal sealed class ConfigFolder : IDisposable
{
    private const string SignupSchema = "schemas/com.acme/signup/jsonschema/1-0-0";

    private readonly TemporaryFolder _folder = new();

    public ConfigFolder(bool hasSchemas)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.Config, "*", SearchOption.AllDirectories))
        {
            var name = System.IO.Path.GetRelativePath(Repository.Config, file);
            if (hasSchemas || !name.StartsWith("schemas", StringComparison.Ordinal))
                Write(name, File.ReadAllText(file));
        }
    }

    public string Path => _folder.Path;

    /// <summary>Puts the schema of the tests' events there, as it is or changed.</summary>
    public void WriteSchema(Func<string, string>? change = null)
    {
        var schema = File.ReadAllText(System.IO.Path.Combine(Repository.Config, SignupSchema));
        Write(SignupSchema, change is null ? schema : change(schema));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Puts a file there.</summary>
    public void Write(string name, string text)
    {
        var path = _folder.Of(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
