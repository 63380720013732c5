using System.Security.Cryptography;

namespace Ingest.Regions;

/// <summary>The key pair of region lists, as PEM files.</summary>
public static class ListKeys
{
    private const string Curve = "1.2.840.10045.3.1.7";

    /// <summary>Makes a pair. Neither file may exist.</summary>
    /// <param name="privatePath">File of the private key; only its owner may read it.</param>
    /// <param name="publicPath">File of the public key.</param>
    /// <returns>The public key for the settings of trackers: its SubjectPublicKeyInfo in base64.</returns>
    /// <exception cref="IOException">A file exists, or cannot be written.</exception>
    public static string Create(string privatePath, string publicPath)
    {
        if (File.Exists(publicPath))
            throw new IOException($"{publicPath} exists already.");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(privatePath, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write(publicPath, key.ExportSubjectPublicKeyInfoPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    internal static ECDsa Read(string path, bool isPrivate)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            var parameters = key.ExportParameters(includePrivateParameters: isPrivate);
            return parameters.Curve.Oid.Value == Curve
                ? key
                : throw new CryptographicException("it is of another curve than P-256");
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CryptographicException($"{path} holds no {(isPrivate ? "private" : "public")} key of P-256: {exception.Message}", exception);
        }
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(pem);
    }
}
